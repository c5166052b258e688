/**
 * Commands about what was derived from what: import finds it, edge records it, and audit, bisect, blame, find, graph and
 * impact answer questions about it. They do not make versions by running anything, and know no command of
 * {@code history}.
 */
@NullMarked
package dev.mgit.cli.command.lineage;

import org.jspecify.annotations.NullMarked;
