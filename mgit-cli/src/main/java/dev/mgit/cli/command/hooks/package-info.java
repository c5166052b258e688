/** Commands about tests, recipes, update cascades and hooks. */
@NullMarked
package dev.mgit.cli.command.hooks;

import org.jspecify.annotations.NullMarked;
