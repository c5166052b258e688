/** Commands that exchange versions with lineages elsewhere: remote, clone, fetch, pull, push. */
@NullMarked
package dev.mgit.cli.command.remote;

import org.jspecify.annotations.NullMarked;
