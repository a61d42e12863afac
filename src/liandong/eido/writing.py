"""An order as an EIDO. References point to components of the same document; what the caller is known by is not in it."""

from datetime import datetime
from typing import Any
from xml.sax.saxutils import escape

from liandong.open311.services import class_names
from liandong.orders.hiding import Hidden, secrets_of
from liandong.orders.model import Point, Snapshot


def eido_of(snapshot: Snapshot, centre: str, name: str) -> dict[str, Any]:
    """Valid against NENA's schema (EmergencyIncidentDataObjectType)."""
    order, hidden = snapshot.order, Hidden(secrets_of(snapshot))
    writer = _Writer(f"{centre}.liandong", order.updated_at)
    incident_id = f"urn:emergency:uid:incidentid:{order.matter_id.hex}:{writer.agency}"
    code = order.class_confirmed or order.class_intake or ""
    location = _location(writer, snapshot)
    notes = [writer.part("note-1", notesActionComments=escape(hidden.text(order.content)))]
    result = order.answer or (order.feedback.result if order.feedback else None)
    if result:
        notes.append(writer.part("note-2", notesActionComments=escape(hidden.text(result))))
    units = list(dict.fromkeys(one.unit for one in snapshot.dispatches or ()))
    incident = writer.part(
        incident_id,
        incidentTypeInternalCode=code or "unclassified",
        incidentTypeInternalText=class_names().get(code, ""),
        incidentTypeCommonRegistryText="Other",
        incidentStatusInternalText=[order.status],
        incidentStatusCommonRegistryText=["Closed" if order.closed_at else "Active"],
        internalIncidentId=order.number or str(order.id),
        locationReference=[_ref(one) for one in location],
        notesReference=[_ref(one) for one in notes],
        **({"incidentCommonPriorityNumber": order.level} if order.level else {}),
    )
    document = writer.part(
        incident_id,
        eidoVersion="1.0",
        issuingElementIdentification=writer.agency,
        incidentComponent=incident,
        agencyComponent=[
            writer.part(writer.agency, agencyRoleDescriptionRegistryText=["CallReceiving"], agencyType=["psap"]),
            *(
                writer.part(unit, agencyRoleDescriptionRegistryText=["Dispatching"], agencyType=["government"])
                for unit in units
            ),
        ],
        notesComponent=notes,
        **_optional(writer, snapshot, location, name),
    )
    return document


class _Writer:
    """Components of one document, each with its prologue."""

    def __init__(self, agency: str, at: datetime) -> None:
        self.agency = agency
        self._at = at.isoformat()

    def part(self, part_id: str, **fields: Any) -> dict[str, Any]:
        prologue = {
            "$id": part_id,
            "lastUpdateTimeStamp": self._at,
            "updatedByAgencyReference": {"$ref": self.agency},
        }
        return prologue | fields


def _optional(writer: _Writer, snapshot: Snapshot, location: list[dict[str, Any]], name: str) -> dict[str, Any]:
    order = snapshot.order
    found: dict[str, Any] = {}
    if location:
        found["locationComponent"] = location
    if order.call.reached_at is not None:
        answered = {"answerDate": order.call.answered_at.isoformat()} if order.call.answered_at else {}
        found["callComponent"] = [
            writer.part(
                f"urn:emergency:uid:callid:{order.id.hex}:{writer.agency}",
                standardPrimaryCallType="emergency" if order.sends_forces else "nonEmergency",
                direction="incoming",
                callStartTimestamp=order.call.reached_at.isoformat(),
                callStateRegistryText="callEnded" if order.call.ended_at else "callAnswered",
                localCallType=name,
                **answered,
            )
        ]
    if snapshot.dispatches:
        found["dispatchComponent"] = [
            writer.part(f"dispatch-{one.no}", agencyReference={"$ref": one.unit}) for one in snapshot.dispatches
        ]
    links = [one for one in snapshot.transfers or () if one.status == "accepted"]
    if links:
        found["linkComponent"] = [
            writer.part(
                f"link-{place}",
                incidentTrackingIdentifier=f"urn:emergency:uid:incidentid:{order.matter_id.hex}:{one.peer}.liandong",
                linkDirectionCode="RELATED",
            )
            for place, one in enumerate(links, start=1)
        ]
    return found


def _location(writer: _Writer, snapshot: Snapshot) -> list[dict[str, Any]]:
    incident = snapshot.order.incident
    if not incident.address and incident.wgs84 is None:
        return []
    fields: dict[str, Any] = {"locationTypeDescriptionRegistryText": "Incident"}
    if incident.address:
        fields["locationDescriptionText"] = incident.address
    if incident.wgs84 is not None:
        fields["locationByValue"] = _pidf_lo(incident.wgs84)
    return [writer.part("location-1", **fields)]


def _pidf_lo(point: Point) -> str:
    """RFC 5491; EPSG 4326, latitude first."""
    return (
        '<presence xmlns="urn:ietf:params:xml:ns:pidf" xmlns:gp="urn:ietf:params:xml:ns:pidf:geopriv10"'
        ' xmlns:gml="http://www.opengis.net/gml" entity="pres:incident@liandong">'
        '<tuple id="incident"><status><gp:geopriv><gp:location-info>'
        f'<gml:Point srsName="urn:ogc:def:crs:EPSG::4326"><gml:pos>{point.lat} {point.lon}</gml:pos></gml:Point>'
        "</gp:location-info><gp:usage-rules/></gp:geopriv></status></tuple></presence>"
    )


def _ref(part: dict[str, Any]) -> dict[str, str]:
    return {"$ref": part["$id"]}
