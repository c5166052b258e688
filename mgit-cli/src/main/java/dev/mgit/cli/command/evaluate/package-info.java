/** Commands that tell what a model is built like, what it costs and how good it is. */
@NullMarked
package dev.mgit.cli.command.evaluate;

import org.jspecify.annotations.NullMarked;
