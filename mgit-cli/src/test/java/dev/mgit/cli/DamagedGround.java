package dev.mgit.cli;

import dev.mgit.fixtures.S3Server;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where faults are made: which files are hit, and what is done then. */
enum DamagedGround {
    REPOSITORY("repo/.mgit"),
    REMOTE("models.git", "store"),
    BUCKET("s3"),
    HANDED_ON("child.bundle", "update.safetensors"),
    UNFINISHED(
            "repo/.mgit/checkouts",
            "repo/.mgit/merge",
            "repo/.mgit/bisect",
            "repo/.mgit/hooks",
            "repo/.mgit/index",
            "repo/.mgit/operations");

    private final String within;

    DamagedGround(String... within) {
        this.within = String.join("\n", within);
    }

    /** Files and folders, relative to the folder of all of it. */
    List<String> within() {
        return within.lines().toList();
    }

    /** @param bucket a server whose objects lie where the copy that is damaged has the folder {@code s3} */
    DamageRepository make(Path folder, @Nullable S3Server bucket) throws IOException {
        DamageRepository made = DamageRepository.make(folder);
        if (this == HANDED_ON) {
            HandedOnTrial.make(made);
        } else if (this == UNFINISHED) {
            UnfinishedTrial.make(made);
        } else if (this == REMOTE) {
            made.commands().ok("push");
        } else if (bucket != null) {
            made.commands().ok("remote", "add", "cloud", "../models.git", "--store", bucket.url("p"));
            made.commands().ok("push", "--check-store", "cloud");
        }
        return made;
    }

    Trial trial(DamageRepository here, DamageRepository made, FileFault fault) {
        return switch (this) {
            case REPOSITORY -> new DamageTrial(here, fault);
            case REMOTE -> new RemoteTrial(here, "origin");
            case BUCKET -> new RemoteTrial(here, "cloud");
            case HANDED_ON -> new HandedOnTrial(here, made);
            case UNFINISHED -> new UnfinishedTrial(here);
        };
    }
}
