package dev.mgit.cli.storm;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a command of a storm may say that comes too early, too late or in between; anything else is a defect. */
final class Refusals {
    private static final Pattern ERROR = Pattern.compile("(?m)^error: (.*)$");

    /** Between two users: what the other has written and not given to the group yet, or was killed before they could. */
    private static final String CLOSED =
            "you cannot read .* died before it could share it with the group|no permission for .*|.*Permission denied.*";

    /** By exit code. */
    private static final Map<Integer, Pattern> EXPECTED = Map.of(
            1,
            any(
                    "nothing to undo",
                    "nothing to commit: .*",
                    "nothing to push.*",
                    CLOSED,
                    ".* is already recorded as distill of .*"),
            2,
            any(
                    "unknown revision '.*'",
                    "'.*' is a version, not a model",
                    "'.*' goes back past the first version of .*",
                    "there is no tag '.*'",
                    "there is already a model '.*'",
                    "there is already a tag '.*'.*",
                    ".* would create a cycle",
                    "'.*' and '.*' are the same version",
                    "there are \\d+ nearest common ancestors: .*",
                    "no update in progress",
                    "no model '.*'",
                    "no merge in progress"),
            5,
            any(
                    "the repository is busy: (process \\d+ \\(.*\\)|another process) has not finished within 0 s",
                    "there is already a (model|tag) '.*'",
                    "'.*' has moved on since '.*'",
                    "'.*' has a new version since the merge started; nothing was changed",
                    "'.*' got a new version while the command ran; nothing was committed",
                    "version .* was removed meanwhile; nothing was committed",
                    "versions both here and at origin: .*",
                    "origin has versions of .* that are not here",
                    "'.*' has moved at origin meanwhile",
                    "tag '.*' is .* there and .* here",
                    "a merge is already in progress.*",
                    "another merge is running in this repository",
                    "an update is (already )?in progress.*"));

    private Refusals() {}

    private static Pattern any(String... sentences) {
        return Pattern.compile(String.join("|", sentences));
    }

    /** Attempts that ended otherwise than a command may. */
    static List<String> unexpected(Collection<Attempt> attempts) {
        return attempts.stream()
                .filter(attempt -> !isExpected(attempt))
                .map(attempt -> "unexpected end: " + attempt)
                .toList();
    }

    private static boolean isExpected(Attempt attempt) {
        if (attempt.outcome().isEmpty() || attempt.done()) {
            return true;
        }
        Attempt.Outcome outcome = attempt.outcome().get();
        if (attempt.kind() == Kind.UPDATE && outcome.exit() == 3) {
            return true; // there are models that cannot be rebuilt
        }
        if (attempt.kind() == Kind.UPDATE && outcome.said().contains(": failed: exit code 127")) {
            return true; // the command that made a merged model is mgit, which a test has no program of
        }
        if (attempt.kind() == Kind.IMPORT && attempt.words().contains("0")) {
            return true; // it lists what it could not import since it was not to wait
        }
        if (attempt.kind() == Kind.IMPORT && outcome.said().contains(" died before it could share it with the group")) {
            return true;
        }
        if (attempt.kind() == Kind.SERVED_PUSH) {
            return outcome.said().contains(" has moved on to ")
                    || outcome.said().contains(" died before it could share it with the group");
        }
        Matcher error = ERROR.matcher(outcome.said());
        return error.find()
                && EXPECTED.getOrDefault(outcome.exit(), any())
                        .matcher(error.group(1))
                        .matches();
    }
}
