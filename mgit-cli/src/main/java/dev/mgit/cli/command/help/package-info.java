/**
 * Commands about the command line itself: help and shell completion. They may look at the command tree, which no other
 * command does.
 */
@NullMarked
package dev.mgit.cli.command.help;

import org.jspecify.annotations.NullMarked;
