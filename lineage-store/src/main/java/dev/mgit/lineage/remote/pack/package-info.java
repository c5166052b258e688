/**
 * Packs: many frames in one immutable object, with a listing of what they are, and indexes that gather the listings of
 * many packs. The byte layout is in {@code docs/format-pack.md}. Knows no store: bytes in, bytes out.
 */
@NullMarked
package dev.mgit.lineage.remote.pack;

import org.jspecify.annotations.NullMarked;
