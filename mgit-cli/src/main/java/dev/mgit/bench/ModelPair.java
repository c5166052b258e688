package dev.mgit.bench;

import java.nio.file.Path;
import java.util.Optional;

/**
 * A checkpoint file and the one it was made from.
 *
 * @param name what the table calls it
 * @param parent empty where the file is to be coded by itself
 * @param finetune whether it is a fine-tune of floats, for which {@code docs/benchmarks.md} states a goal
 */
record ModelPair(String name, Optional<Path> parent, Path child, boolean finetune) {}
