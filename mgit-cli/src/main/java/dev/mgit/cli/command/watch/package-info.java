/** The command that keeps the checkpoints of a running training. */
@NullMarked
package dev.mgit.cli.command.watch;

import org.jspecify.annotations.NullMarked;
