/**
 * Work with lineages elsewhere: which there are, and fetch, pull and push between them and the one here. Versions travel
 * by Git ({@link dev.mgit.lineage.git.GitRemote}), what they consist of by {@link
 * dev.mgit.lineage.remote.transfer.ParameterRemote}. No protocol is spoken in this package.
 */
@NullMarked
package dev.mgit.lineage.remote;

import org.jspecify.annotations.NullMarked;
