package dev.mgit.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** Commands given to something damaged: what they say, and what no command may say or end with. */
final class TrialCommands {
    /** What no user may be shown. */
    private static final Pattern UNFIT = Pattern.compile(
            "internal error|\\tat |[a-z]Exception|[a-z]Error\\b|org\\.eclipse|org\\.rocksdb|dev\\.mgit\\.|null\\b.*null"
                    + "|did you mean|not enough memory");

    private final List<String> wrong = new ArrayList<>();
    private boolean noticed;

    List<String> wrong() {
        return wrong;
    }

    /** Whether any of them said that something is amiss. */
    boolean noticed() {
        return noticed;
    }

    /** @param allowed exit codes */
    Cli.Ran run(Path folder, Set<Integer> allowed, String... words) {
        List<String> all = new ArrayList<>(Arrays.asList(words));
        if (Boolean.getBoolean("mgit.corruption.stacktrace")) {
            all.add("--stacktrace");
        }
        Cli.Ran ran = Cli.run(folder, all.toArray(String[]::new));
        if (Boolean.getBoolean("mgit.corruption.trace")) {
            System.out.println("mgit " + String.join(" ", all) + ": " + ran);
        }
        noticed |= ran.exit() != 0 || ran.err().contains("warning: ");
        String said = ran.out() + ran.err();
        if (!allowed.contains(ran.exit()) || UNFIT.matcher(said).find()) {
            wrong.add(
                    "mgit " + String.join(" ", words) + " ends with " + ran.exit() + ": " + said.replace("\n", " | "));
        }
        if (ran.exit() != 0
                && !words[0].equals("fsck")
                && !ran.err().startsWith("error: ")
                && !ran.err().contains("\nerror: ")) {
            wrong.add("mgit " + String.join(" ", words) + " says nothing: " + ran);
        }
        return ran;
    }
}
