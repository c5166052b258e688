/**
 * Commands that make, show, compare and write versions of models, and name them: commit, log, show, diff, checkout,
 * status, branch, tag, mv, rm, merge. One command is one class, {@code XxxCommand}: options in, one library call, text or
 * JSON out. Questions about derivation belong to {@code lineage}; nothing here runs a command of the user's by itself.
 */
@NullMarked
package dev.mgit.cli.command.history;

import org.jspecify.annotations.NullMarked;
