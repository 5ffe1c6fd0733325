"""Pure: what goes in a package, as bytes; the timeline; the page. No Django, no database, no clock."""
