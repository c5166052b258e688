/**
 * Update cascades: everything downstream of a new version rebuilt once each, parents first, and published together.
 * Only the journal changes the state; nothing is published from anywhere else.
 */
@NullMarked
package dev.mgit.hooks.cascade;

import org.jspecify.annotations.NullMarked;
