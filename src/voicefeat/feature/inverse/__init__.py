"""From features back to spectra and signals, and separation of a signal into parts."""
