package dev.mgit.hooks.executor;

import dev.mgit.delta.MgitException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The settings {@code kubernetes.*}. */
final class KubernetesSettings {
    private static final String SECTION = "kubernetes.";

    private final ExecutorSettings settings;

    KubernetesSettings(ExecutorSettings settings) {
        this.settings = settings;
    }

    Optional<String> get(String name) {
        return settings.setting().apply(SECTION + name).filter(value -> !value.isBlank());
    }

    String image() {
        return get("image")
                .orElseThrow(() -> new MgitException(
                        MgitException.Kind.USAGE,
                        "the executor 'kubernetes' has no image to run commands in",
                        "mgit config " + SECTION + "image REGISTRY/IMAGE:TAG"));
    }

    /** {@code NAME=VALUE}, by commas. */
    Map<String, String> pairs(String name) {
        return KubernetesExecutor.pairs(SECTION + name, settings.words(SECTION + name, ","), "=");
    }

    /** Folders that the container sees where they are here, and the claim each comes from; empty for one of the node. */
    Map<Path, Optional<String>> mounts() {
        Map<Path, Optional<String>> mounts = new LinkedHashMap<>();
        KubernetesExecutor.pairs(SECTION + "claim", settings.words(SECTION + "claim", ","), ":")
                .forEach((claim, path) -> mounts.put(absolute(path), Optional.of(claim)));
        settings.words(SECTION + "hostPath", ",").forEach(path -> mounts.put(absolute(path), Optional.empty()));
        return mounts;
    }

    private static Path absolute(String path) {
        if (!path.startsWith("/")) {
            throw new MgitException(
                    MgitException.Kind.USAGE,
                    "the path '" + path + "' of a volume is not absolute",
                    "a volume is mounted where the repository's file system is here");
        }
        return Path.of(path).normalize();
    }

    /** @throws MgitException of kind USAGE if a job's files would not be seen in its container */
    void requireUsable(Job job) {
        var unused = image();
        if (job.apart()) {
            return;
        }
        for (Path needed : new Path[] {job.folder(), job.directory()}) {
            Path path = needed.toAbsolutePath().normalize();
            if (mounts().keySet().stream().noneMatch(path::startsWith)) {
                throw new MgitException(
                        MgitException.Kind.USAGE,
                        "no volume of the cluster holds " + path,
                        "mgit config " + SECTION + "claim CLAIM:" + path.getRoot() + "… names a volume claim and where "
                                + "it is mounted here, " + SECTION + "hostPath a folder that all nodes have");
            }
        }
    }
}
