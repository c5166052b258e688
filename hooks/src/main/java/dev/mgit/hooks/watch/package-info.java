/**
 * Watching the folder of a training: every checkpoint that is finished becomes a version, and folders of which a version
 * has everything may go.
 */
@NullMarked
package dev.mgit.hooks.watch;

import org.jspecify.annotations.NullMarked;
