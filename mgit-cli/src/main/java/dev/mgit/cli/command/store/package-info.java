/**
 * Commands about the repository as a whole, whatever models it holds: init, config, du, fsck, gc, op, undo.
 */
@NullMarked
package dev.mgit.cli.command.store;

import org.jspecify.annotations.NullMarked;
