/** The command that offers a repository to others: serve. */
@NullMarked
package dev.mgit.cli.command.serve;

import org.jspecify.annotations.NullMarked;
