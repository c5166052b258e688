package dev.mgit.cli;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import dev.mgit.lineage.checkpoint.Commits;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.Command;

/** The arrows between modules and packages, and which package owns which library. */
class ArchitectureTest {
    private static final JavaClasses CODE = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.mgit");

    private static final String DELTA = "dev.mgit.delta..";
    private static final String LINEAGE = "dev.mgit.lineage..";
    private static final String HOOKS = "dev.mgit.hooks..";
    private static final String CLI = "dev.mgit.cli..";
    private static final String BENCH = "dev.mgit.bench..";
    private static final String DEMO = "dev.mgit.demo..";
    private static final String FIXTURES = "dev.mgit.fixtures..";
    private static final Set<String> TERMINAL = Set.of("getenv", "console", "exit");

    @Test
    void modulesDependOneWay() {
        check(noClasses()
                .that()
                .resideInAPackage(DELTA)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(LINEAGE, HOOKS, CLI));
        check(noClasses()
                .that()
                .resideInAPackage(LINEAGE)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(HOOKS, CLI));
        check(noClasses()
                .that()
                .resideInAPackage(HOOKS)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(CLI));
        check(noClasses()
                .that()
                .resideInAPackage(FIXTURES)
                .should()
                .dependOnClassesThat(
                        resideInAPackage("dev.mgit..").and(DescribedPredicate.not(resideInAPackage(FIXTURES)))));
    }

    @Test
    void theProductKnowsNoBenchmarkNoDemoAndNoFixture() {
        check(noClasses()
                .that()
                .resideOutsideOfPackages(FIXTURES, BENCH, DEMO)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(FIXTURES, BENCH, DEMO));
    }

    @Test
    void aCommandIsOneTopLevelClassThatSaysSo() {
        check(classes()
                .that()
                .areAnnotatedWith(Command.class)
                .and(DescribedPredicate.not(JavaClass.Predicates.type(Main.class)))
                .should()
                .haveSimpleNameEndingWith("Command")
                .andShould()
                .beTopLevelClasses()
                .andShould()
                .resideInAnyPackage("dev.mgit.cli.command..", BENCH, DEMO));
    }

    @Test
    void eachLibraryStaysInItsPackage() {
        check(only("org.rocksdb..", "dev.mgit.lineage.parameters"));
        check(only("com.github.luben..", "dev.mgit.delta.codec"));
        check(only("org.eclipse.jgit..", "dev.mgit.lineage.git"));
        check(only("software.amazon.awssdk..", "dev.mgit.lineage.remote.store"));
        check(only("picocli..", CLI, BENCH, DEMO));
    }

    @ParameterizedTest
    @ValueSource(strings = {"org.rocksdb.", "com.github.luben.", "org.eclipse.jgit.", "software.amazon.awssdk."})
    void noTypeOfALibraryCrossesADoor(String library) {
        check(classes().that().arePublic().should(notShow(library)));
    }

    @Test
    void onlyTheCommandLineTalksToTheTerminalAndTheEnvironment() {
        DescribedPredicate<JavaAccess<?>> outside = DescribedPredicate.describe(
                "System.in, out, err, getenv, console or exit",
                access -> access.getTargetOwner().isEquivalentTo(System.class)
                        && (TERMINAL.contains(access.getName())
                                || Set.of("in", "out", "err").contains(access.getName())));
        check(noClasses()
                .that()
                .resideInAnyPackage(DELTA, LINEAGE, HOOKS)
                .should()
                .accessTargetWhere(outside));
    }

    @Test
    void whatAUserCommitsPassesTheGates() {
        DescribedPredicate<JavaAccess<?>> past = DescribedPredicate.describe(
                "Commits.check or Commits.commit",
                access -> access.getTargetOwner().isEquivalentTo(Commits.class)
                        && Set.of("check", "commit").contains(access.getName()));
        check(noClasses()
                .that()
                .resideOutsideOfPackages("dev.mgit.hooks.commit", "dev.mgit.lineage.checkpoint", BENCH, DEMO)
                .should()
                .accessTargetWhere(past));
    }

    @Test
    void packagesHaveNoCycles() {
        check(slices().matching("dev.mgit.(**)").should().beFreeOfCycles());
    }

    private static ArchRule only(String library, String... owners) {
        DescribedPredicate<JavaClass> uses = DescribedPredicate.describe(
                "use " + library,
                type -> type.getDirectDependenciesFromSelf().stream()
                        .anyMatch(dependency -> resideInAPackage(library).test(dependency.getTargetClass())));
        return classes().that(uses).should().resideInAnyPackage(owners);
    }

    /** Public and protected members must not mention types of a library. */
    private static ArchCondition<JavaClass> notShow(String library) {
        return new ArchCondition<>("not show types of " + library) {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                Stream<JavaClass> shown = Stream.concat(
                        type.getCodeUnits().stream()
                                .filter(ArchitectureTest::isVisible)
                                .flatMap(unit -> unit.getAllInvolvedRawTypes().stream()),
                        type.getFields().stream()
                                .filter(field -> field.getModifiers().contains(JavaModifier.PUBLIC))
                                .flatMap(field -> field.getAllInvolvedRawTypes().stream()));
                shown.filter(seen -> seen.getName().startsWith(library))
                        .forEach(seen -> events.add(SimpleConditionEvent.violated(
                                type, type.getName() + " shows " + seen.getName() + " in its public members")));
            }
        };
    }

    private static boolean isVisible(JavaCodeUnit unit) {
        return unit.getModifiers().contains(JavaModifier.PUBLIC)
                || unit.getModifiers().contains(JavaModifier.PROTECTED);
    }

    /** A rule that has nothing to say about anything fails: its packages have moved. */
    private static void check(ArchRule rule) {
        rule.allowEmptyShould(false).check(CODE);
    }
}
