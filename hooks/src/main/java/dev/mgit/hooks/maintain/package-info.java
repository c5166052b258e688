/** Upkeep of what commands leave behind. */
@NullMarked
package dev.mgit.hooks.maintain;

import org.jspecify.annotations.NullMarked;
