/**
 * The commands {@code mgit hooks} and {@code mgit test}, and what all commands that start the user's programs share: the
 * session that knows executors and trust, options of jobs, progress. No recipe and no cascade: those are
 * {@code update}'s, which builds on this package.
 */
@NullMarked
package dev.mgit.cli.command.hooks;

import org.jspecify.annotations.NullMarked;
