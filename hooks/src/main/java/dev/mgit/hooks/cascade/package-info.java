/**
 * Update cascades: everything downstream of a new version made again, once each, parents first, and published together.
 */
@NullMarked
package dev.mgit.hooks.cascade;

import org.jspecify.annotations.NullMarked;
