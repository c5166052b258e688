/** TensorFlow.js: shards of weights that a manifest beside them describes. */
@NullMarked
package dev.mgit.delta.format.tfjs;

import org.jspecify.annotations.NullMarked;
