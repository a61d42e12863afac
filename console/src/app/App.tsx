import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { Suspense } from "react";
import { BrowserRouter, Navigate, Route, Routes } from "react-router";
import { useSession, type Session } from "../api/session";
import { Problem } from "../api/problem";
import { common } from "../i18n/common";
import { useText } from "../i18n/text";
import { useLive } from "../live/live";
import { PLACES } from "../places/list";
import { UiProvider } from "../ui/Provider";
import { Empty, Failed, Loading } from "../ui/states";
import { UndoBars } from "../ui/undo";
import { ChangePassword } from "./ChangePassword";
import { Frame } from "./Frame";
import { firstOf, placesOf, SessionContext } from "./person";
import { SignIn } from "./SignIn";

const client = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      refetchOnWindowFocus: false,
      networkMode: "always",
      retry: (count, error) => !(error instanceof Problem) && count < 3,
    },
  },
});

export function App() {
  return (
    <QueryClientProvider client={client}>
      <UiProvider>
        <UndoBars>
          <BrowserRouter>
            <Gate />
          </BrowserRouter>
        </UndoBars>
      </UiProvider>
    </QueryClientProvider>
  );
}

function Gate() {
  const session = useSession();
  if (session.data?.must_change_password) return <ChangePassword name={session.data.name} />;
  if (session.data) return <Inside session={session.data} />;
  if (session.data === null) return <SignIn />;
  return <main className="work">{session.error ? <Failed error={session.error} retry={() => void session.refetch()} /> : <Loading />}</main>;
}

function Inside({ session }: { session: Session }) {
  useLive(true);
  const t = useText(common);
  const mine = placesOf(session, PLACES);
  const first = firstOf(session, mine)?.to;
  return (
    <SessionContext.Provider value={session}>
      <Frame places={mine}>
        <Suspense fallback={<Loading />}>
          <Routes>
            {mine.map((place) => <Route key={place.path} path={place.path} element={<place.component />} />)}
            <Route path="/" element={first ? <Navigate to={first} replace /> : <Empty>{t("notForRole")}</Empty>} />
            <Route path="*" element={<Empty action={<a href="/">{t("home")}</a>}>{t("nowhere")}</Empty>} />
          </Routes>
        </Suspense>
      </Frame>
    </SessionContext.Provider>
  );
}
