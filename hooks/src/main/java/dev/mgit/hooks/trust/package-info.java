/**
 * Which registrations may run here: what came from elsewhere is inert until somebody has looked at it.
 */
@NullMarked
package dev.mgit.hooks.trust;

import org.jspecify.annotations.NullMarked;
