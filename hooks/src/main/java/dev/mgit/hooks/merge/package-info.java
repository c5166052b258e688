/** Merging versions: tests decide, the result becomes a version, and its recipe makes it again. */
@NullMarked
package dev.mgit.hooks.merge;

import org.jspecify.annotations.NullMarked;
