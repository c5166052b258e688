/** Commands about evidence: signatures, policy, and what lasts without the repository. */
@NullMarked
package dev.mgit.cli.command.evidence;

import org.jspecify.annotations.NullMarked;
