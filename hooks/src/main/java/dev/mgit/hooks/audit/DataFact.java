package dev.mgit.hooks.audit;

import java.util.Optional;

/**
 * Data that a version was made with.
 *
 * @param sha256 of its bytes, or of a folder's files as recipes have it; empty where only a name is known
 * @param path where it was, relative to the repository's folder
 * @param licence as it was declared
 * @param source what says so: {@code recipe}, {@code declared} with {@code --data}, {@code README.md}
 */
public record DataFact(
        String name, Optional<String> sha256, Optional<String> path, Optional<String> licence, String source) {
    /** The same with what another source adds. */
    DataFact and(DataFact other) {
        return new DataFact(name, sha256.or(other::sha256), path.or(other::path), licence.or(other::licence), source);
    }
}
