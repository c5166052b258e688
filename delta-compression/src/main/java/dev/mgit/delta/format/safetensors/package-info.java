/**
 * The safetensors format: its header, parsed with the strictness of the reference implementation, and written for
 * extracted tensors.
 */
@NullMarked
package dev.mgit.delta.format.safetensors;

import org.jspecify.annotations.NullMarked;
