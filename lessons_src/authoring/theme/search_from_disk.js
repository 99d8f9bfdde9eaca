// Sphinx fetches every page that it found, to show a few of its words; no browser allows that on a disk. The
// search itself needs no server: its index is a script.
if (location.protocol === "file:") DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;
