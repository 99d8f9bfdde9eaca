// The theme's icons come from its web fonts; this empty file takes the place of half a megabyte.
