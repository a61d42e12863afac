"""Detectors: rules that flag what may be wrong with how an order was handled. A detector flags; a person decides."""
