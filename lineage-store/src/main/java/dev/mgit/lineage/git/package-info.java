/**
 * The lineage graph in a bare Git repository. The only package that knows JGit: no type of it crosses this package's
 * public methods.
 */
@NullMarked
package dev.mgit.lineage.git;

import org.jspecify.annotations.NullMarked;
