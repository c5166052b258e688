/**
 * Parameters between the local store and a remote one: what is missing there goes up in packs, what is wanted here comes
 * down in ranges of packs. The protocol is in {@code docs/remotes.md}.
 */
@NullMarked
package dev.mgit.lineage.remote.transfer;

import org.jspecify.annotations.NullMarked;
