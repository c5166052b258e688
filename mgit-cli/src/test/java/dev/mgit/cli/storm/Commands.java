package dev.mgit.cli.storm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** Draws command lines. Few names are used, so that commands meet at them. */
final class Commands {
    static final int NAMES = 5;
    private static final List<String> PATIENT = List.of("--wait", "600");

    private final StormFolder storm;
    private final Random random;
    private final String who;
    private final String repository;

    Commands(StormFolder storm, Random random, String who, String repository) {
        this.storm = storm;
        this.random = random;
        this.who = who;
        this.repository = repository;
    }

    List<String> words(Kind kind) throws IOException {
        return switch (kind) {
            case COMMIT -> commit();
            case IMPORT -> writing("import", storm.write(who).toString(), "--json");
            case CHECKOUT -> List.of("checkout", revision(), storm.out(who).toString(), "--json");
            case TAG -> writing("tag", tag(), revision());
            case MOVE_TAG -> writing("tag", tag(), revision(), "--force");
            case UNTAG -> writing("tag", "-d", tag());
            case BRANCH -> writing("branch", model(), revision());
            case RENAME -> writing("mv", existing(), model());
            case REMOVE -> writing("rm", existing());
            case UNDO -> writing("undo");
            case EDGE -> edge();
            case MERGE -> writing("merge", model(), model(), "--model", model(), "--strategy", "average");
            case ABORT_MERGE -> List.of("merge", "--abort");
            case RUN -> run();
            case UPDATE -> writing("update", model());
            case ABORT_UPDATE -> List.of("update", "--abort");
            case COLLECT -> writing("gc");
            case COLLECT_NOW -> writing("gc", "--prune-older-than", "0");
            case PUSH -> random.nextBoolean() ? writing("push") : writing("push", "--force");
            case FETCH -> writing("fetch");
            case PULL -> writing("pull");
            case SERVED_PUSH -> List.of("storm/s" + random.nextInt(3));
            case LOOK ->
                List.of(List.of("status"), List.of("log", "--all"), List.of("op", "log"), List.of("branch"))
                        .get(random.nextInt(4));
        };
    }

    private List<String> commit() throws IOException {
        List<String> words = writing("commit", storm.write(who).toString(), "--model", model(), "--json");
        if (random.nextInt(3) == 0) {
            words.addAll(List.of("--from", existing()));
        }
        return words;
    }

    private List<String> edge() {
        List<String> words = writing("edge");
        words.addAll(List.of("add", existing(), existing(), "distill"));
        return words;
    }

    private List<String> run() {
        List<String> words = writing("run", "--model", model(), "--from", existing(), "--json", "--shell");
        words.addAll(List.of("--", "cp $MGIT_PARENT_1/* {output}/"));
        return words;
    }

    /** Most wait for as long as it takes, some do not. */
    private List<String> writing(String... words) {
        List<String> all = new ArrayList<>(List.of(words));
        all.addAll(random.nextInt(20) == 0 ? List.of("--wait", "0") : PATIENT);
        return all;
    }

    private String model() {
        return "m" + random.nextInt(NAMES);
    }

    private String tag() {
        return "t" + random.nextInt(NAMES);
    }

    private String revision() {
        return switch (random.nextInt(5)) {
            case 0 -> tag();
            case 1 -> model() + "~1";
            default -> model();
        };
    }

    /** A model that there was just now, whatever its name. */
    private String existing() {
        Path heads = storm.repository(repository).resolve(".mgit/lineage.git/refs/heads");
        try (Stream<Path> found = Files.list(heads)) {
            List<String> names = found.filter(Files::isRegularFile)
                    .map(file -> file.getFileName().toString())
                    .filter(name -> !name.endsWith(".lock"))
                    .sorted()
                    .toList();
            return names.isEmpty() || random.nextBoolean() ? model() : names.get(random.nextInt(names.size()));
        } catch (IOException e) {
            return model();
        }
    }
}
