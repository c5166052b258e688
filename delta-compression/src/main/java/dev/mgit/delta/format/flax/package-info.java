/** What Flax writes with {@code flax.serialization}: arrays in MessagePack. */
@NullMarked
package dev.mgit.delta.format.flax;

import org.jspecify.annotations.NullMarked;
