package dev.mgit.cli;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What is typed out of habit with Git, DVC, Hugging Face or Ollama and has no equal of the same shape here: one sentence
 * each that names the way there is. {@link Synonyms} holds what is only another word for a command.
 */
final class Habits {
    private static final String ALL_AT_ONCE = "a version holds the whole folder and there is no staging area: "
            + "'mgit commit PATH' takes everything in it, '.mgitignore' leaves files out";
    private static final String BACK =
            "'mgit checkout REV DIR --force' overwrites edited files with those of a version, "
                    + "'--files GLOB' only some; 'mgit undo' takes back what a command changed";
    private static final String DERIVED = "versions keep the parents they were made from: 'mgit update MODEL' makes "
            + "derived models again from a newer parent, 'mgit merge A B' joins two";
    private static final String OBJECTS =
            "'mgit show REV' prints a version and its files, 'mgit show REV:FILE' a file, "
                    + "'mgit show --json REV' the ids for scripts";
    private static final String NAMES =
            "'mgit branch' and 'mgit tag' list the names there are, with '--json' for scripts";
    private static final String LINEAGE =
            "'mgit graph' draws what was made from what, 'mgit audit REV' says it of one version";
    private static final String PATCHES =
            "'mgit export' writes a version or a difference for others, 'mgit import' takes "
                    + "models in, 'mgit push' shares them";
    private static final String MEASURED =
            "'mgit eval' keeps and compares measured numbers, 'mgit log --tests' shows them";
    private static final String NO_ACCOUNT =
            "mgit has no account of its own: a remote uses the access that Git, ssh or your "
                    + "cloud has; 'mgit remote -v' lists the addresses";
    private static final String CACHE =
            "'mgit import DIR' takes models from the cache of another tool, 'mgit du' shows the "
                    + "space, 'mgit gc' frees it";
    private static final String CHECKS = "'mgit fsck' checks everything stored, 'mgit verify REV' the signatures";
    private static final String COUNTED =
            "'mgit log --json' has every version's author, time and message for filters of your own";
    private static final String FILES_CHANGED =
            "'mgit log --stat' shows the files that changed, 'mgit diff --name-only A B' only their paths";
    private static final String IN_FULL =
            "'mgit show' prints one version; 'mgit log -p REV' what it changed, 'mgit log --oneline' a line for each";
    private static final String TWO_SIDES =
            "'mgit diff A B' compares two versions, files or folders, 'mgit diff' the folder "
                    + "here with the version checked out in it";
    private static final String ONE_LINE = "'mgit branch' lists every model, with '-v' its versions and parent; "
            + "'mgit status' says which is checked out here";
    private static final String ALL_SENT =
            "'mgit push' sends all models and tags, 'mgit push REMOTE MODEL' one; it needs no upstream";
    private static final String ALL_FETCHED =
            "'mgit fetch REMOTE' fetches all models and tags of a remote, and 'mgit pull' moves your models on to them";
    private static final String EACH_COMMIT_NEW =
            "a version is never rewritten: commit again, or 'mgit undo' the last commit "
                    + "and commit with the right message";

    /** Words in the place of a command. */
    private static final Map<String, String> COMMANDS = table(
            ALL_AT_ONCE,
            "add stage unstage",
            BACK,
            "reset revert stash",
            "nothing outside '.mgit' is ever removed; 'mgit status' lists what changed, 'mgit gc' frees space in the store",
            "clean",
            DERIVED,
            "rebase cherry-pick",
            OBJECTS,
            "cat-file ls-files ls-tree rev-parse describe hash-object",
            NAMES,
            "show-ref for-each-ref name-rev symbolic-ref update-ref model repo",
            "'mgit log --oneline REV' lists versions, 'mgit log A..B' what B has and A has not",
            "rev-list cherry",
            LINEAGE,
            "merge-base dag gui gitk",
            PATCHES,
            "format-patch apply am archive",
            MEASURED,
            "metrics params plots exp",
            NO_ACCOUNT,
            "login logout whoami auth signin",
            CACHE,
            "cache scan-cache delete-cache",
            CHECKS,
            "verify-commit verify-tag verify-pack",
            COUNTED,
            "shortlog",
            "'mgit log -p' shows what each version changed",
            "whatchanged",
            "'mgit branch NEW REV' starts a model at a version; no bytes are copied",
            "cp copy",
            "'mgit rerun MODEL' makes a version again by its recipe, 'mgit update MODEL' those derived from it",
            "repro",
            "models are files here, not running servers: 'mgit serve' offers them to clients, 'mgit checkout' writes them",
            "ps stop chat",
            "'mgit commit' and 'mgit push' store large files themselves; Git LFS is not needed",
            "lfs",
            "'mgit checkout REV DIR' writes as many versions side by side as you like",
            "worktree",
            "models name the versions they were made from instead: 'mgit commit DIR --from REV=KIND'",
            "submodule",
            "'mgit op' lists operations; 'mgit undo' reverts the last one, and itself if repeated",
            "redo reflog",
            "'mgit du' shows what the store takes, and by what",
            "count-objects",
            "history is not rewritten; 'mgit rm MODEL' and 'mgit gc' remove what nothing refers to",
            "filter-branch");

    /** Options, by command and name. */
    private static final Map<String, String> OPTIONS = table(
            ALL_AT_ONCE,
            "commit:-a commit:-am commit:--all commit:-p commit:--patch commit:--interactive rm:--cached diff:--cached "
                    + "diff:--staged commit:-i commit:-o commit:--only",
            EACH_COMMIT_NEW,
            "commit:--amend commit:--fixup commit:--squash commit:--reset-author commit:-C commit:-c",
            "'mgit commit -m MSG' gives the message on the command line; use -m \"$(cat FILE)\" for a file",
            "commit:-F commit:--file",
            "'mgit commit --trailer \"Signed-off-by: NAME\"' appends a line to the message, '-S' signs the version",
            "commit:-s commit:--signoff",
            "'mgit commit' runs the hooks that 'mgit hooks' lists; 'mgit hooks rm NAME' removes one",
            "commit:-n commit:--no-verify",
            "'mgit diff' shows what a commit would record; a commit of an unchanged folder makes no version",
            "commit:--dry-run commit:--allow-empty commit:-v commit:--verbose",
            "'mgit commit --json' prints the id alone for scripts; add --no-progress for silence",
            "commit:-q commit:--quiet",
            "author and time are your own: set them by 'mgit config user.name NAME' and 'mgit config user.email ADDRESS'",
            "commit:--author commit:--date",
            "'mgit branch NAME REV' starts a model there; 'mgit checkout NAME DIR' writes it to a folder",
            "checkout:-b checkout:-B checkout:--orphan",
            "'mgit checkout REV DIR' writes any version to any folder; nothing has to be detached or tracked",
            "checkout:--detach checkout:-t checkout:--track checkout:--ours checkout:--theirs",
            "'mgit status --json' is for scripts; '--exit-code' says it by the exit code",
            "status:-s status:--short status:--porcelain status:-b status:--branch status:-sb status:-u status:-v",
            COUNTED,
            "log:--since log:--until log:--after log:--before log:--author log:--grep log:--format log:--pretty "
                    + "log:--reverse log:--date log:-S log:-G log:--committer log:--merges log:--no-merges log:--skip "
                    + "log:--abbrev-commit",
            "'mgit log' always shows names of models and tags",
            "log:--decorate",
            FILES_CHANGED,
            "log:--name-only log:--name-status log:--numstat log:--shortstat log:-u",
            "a model's log follows its versions, and 'mgit blame' its tensors, whatever they are called",
            "log:--follow",
            "'mgit log A..B' shows what B has and A has not",
            "log:--not",
            IN_FULL,
            "show:--stat show:--name-only show:--name-status show:--oneline show:-s show:-p show:--format "
                    + "show:--pretty show:--no-patch show:-q",
            "'mgit diff --name-only A B' lists paths, '--json' says also how each changed",
            "diff:--name-status diff:--numstat diff:--summary",
            "'mgit diff --stat A B' is the summary",
            "diff:--shortstat diff:--compact-summary diff:--dirstat",
            "'mgit diff --exit-code A B' exits with 3 if anything differs; send its output to /dev/null",
            "diff:--quiet diff:-q",
            TWO_SIDES,
            "diff:--no-index diff:-w diff:-b diff:--word-diff diff:-U diff:-p diff:-u diff:-M diff:--color diff:--merge-base",
            "tags are light unless signed: 'mgit tag NAME REV', or 'mgit tag -s -m MSG NAME REV'",
            "tag:-a tag:--annotate tag:-am",
            "'mgit tag' lists tags with their versions, 'mgit tag -l PATTERN' some",
            "tag:-n tag:--sort tag:--contains tag:--points-at tag:--merged",
            ONE_LINE,
            "branch:--list branch:-l branch:-a branch:--all branch:-r branch:--remotes branch:--show-current branch:--merged "
                    + "branch:--no-merged branch:--contains branch:--sort",
            "'mgit branch -m OLD NEW' renames; a name that is taken must be removed first by 'mgit branch -d'",
            "branch:-M",
            "'mgit branch NEW REV' starts a model at a version; no bytes are copied",
            "branch:-c branch:-C branch:--copy",
            ALL_SENT,
            "push:-u push:--set-upstream push:--tags push:--all push:--follow-tags push:--mirror branch:-u branch:--set-upstream-to "
                    + "branch:--track",
            "'mgit push --force' replaces what is elsewhere there; it keeps versions that are only there",
            "push:--force-with-lease",
            "'mgit rm MODEL' removes a model, which 'mgit undo' brings back; a file is removed by committing the folder without it",
            "rm:-r rm:-f rm:-rf rm:--force",
            ALL_FETCHED,
            "fetch:--all fetch:--tags fetch:-t pull:--rebase pull:--ff-only pull:--no-rebase pull:--all pull:-r",
            "'mgit clone --lineage-only' fetches no parameters until a command needs them, '--filter GLOB' those of some models",
            "clone:--depth clone:--single-branch clone:-b clone:--branch clone:--bare clone:--recursive clone:--no-checkout clone:-n",
            "'mgit blame REV TENSOR-GLOB' says where each tensor last changed",
            "blame:-L blame:-w blame:-C blame:-M",
            "'mgit config NAME' prints a setting, 'mgit config NAME VALUE' sets it, '--unset NAME' removes it, '--list' shows all",
            "config:--get config:--get-all config:-e config:--edit config:--replace-all config:--local config:--system config:--show-origin",
            "'mgit gc' packs and removes what nothing refers to; see 'mgit gc --help' for ages",
            "gc:--aggressive gc:--prune gc:--auto",
            "'mgit fsck' checks everything stored already",
            "fsck:--full fsck:--strict fsck:--lost-found",
            "'mgit merge A B' names both sides; 'mgit merge --help' lists the methods",
            "merge:--no-ff merge:--squash merge:--ff-only",
            "'mgit -C DIR COMMAND' runs in another folder, 'mgit config NAME VALUE' keeps a setting",
            "mgit:-c mgit:--git-dir mgit:--work-tree",
            "'mgit --version' prints the version",
            "mgit:-v",
            "output to a terminal is paged by itself; '--no-pager' stops it",
            "mgit:-p mgit:--paginate");

    private Habits() {}

    private static Map<String, String> table(String... sentencesAndWords) {
        Map<String, String> table = new HashMap<>();
        for (int i = 0; i < sentencesAndWords.length; i += 2) {
            for (String word : sentencesAndWords[i + 1].split(" ")) {
                table.put(word, sentencesAndWords[i]);
            }
        }
        return Map.copyOf(table);
    }

    /** The sentence for a word in the place of a command of mgit. */
    static Optional<String> command(String typed) {
        return Optional.ofNullable(COMMANDS.get(typed));
    }

    /** The sentence for an option, {@code --name}, {@code --name=value} or {@code -n}, of a command named in full. */
    static Optional<String> option(String command, String typed) {
        String name = typed.split("=", 2)[0];
        boolean cluster = !name.startsWith("--") && name.length() > 2;
        return Optional.ofNullable(OPTIONS.get(command + ":" + name))
                .or(() -> Optional.ofNullable(cluster ? OPTIONS.get(command + ":" + name.substring(0, 2)) : null));
    }

    static Map<String, String> commands() {
        return COMMANDS;
    }

    static Map<String, String> options() {
        return OPTIONS;
    }
}
