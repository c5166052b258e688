package dev.mgit.hooks.licence;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What licences ask. Identifiers in the first column are those of model cards on the Hugging Face Hub (its page
 * "Licenses"), in the second those of the SPDX licence list where they are others. What each asks is read from the
 * licence's own text; for Creative Commons, from the elements in its name. It says what has to be kept, and is no legal
 * advice.
 */
public final class KnownLicences {
    /** By letter: Attribution, Share-alike, Non-commercial, no Derivatives, Use restrictions; {@code -} nothing. */
    private static final String TABLE = """
            afl-3.0                             AFL-3.0                A
            agpl-3.0                            AGPL-3.0-only          AS
            agpl-3.0-or-later                   AGPL-3.0-or-later      AS
            apache-2.0                          Apache-2.0             A
            apple-amlr                          -                      AN
            apple-ascl                          -                      A
            artistic-2.0                        Artistic-2.0           A
            bigcode-openrail-m                  -                      AU
            bigscience-bloom-rail-1.0           -                      AU
            bigscience-openrail-m               -                      AU
            bsd                                 -                      A
            bsd-2-clause                        BSD-2-Clause           A
            bsd-3-clause                        BSD-3-Clause           A
            bsd-3-clause-clear                  BSD-3-Clause-Clear     A
            bsl-1.0                             BSL-1.0                A
            c-uda                               C-UDA-1.0              A
            cc-by-2.0                           CC-BY-2.0              A
            cc-by-2.5                           CC-BY-2.5              A
            cc-by-3.0                           CC-BY-3.0              A
            cc-by-4.0                           CC-BY-4.0              A
            cc-by-nc-2.0                        CC-BY-NC-2.0           AN
            cc-by-nc-3.0                        CC-BY-NC-3.0           AN
            cc-by-nc-4.0                        CC-BY-NC-4.0           AN
            cc-by-nc-nd-3.0                     CC-BY-NC-ND-3.0        AND
            cc-by-nc-nd-4.0                     CC-BY-NC-ND-4.0        AND
            cc-by-nc-sa-2.0                     CC-BY-NC-SA-2.0        ANS
            cc-by-nc-sa-3.0                     CC-BY-NC-SA-3.0        ANS
            cc-by-nc-sa-4.0                     CC-BY-NC-SA-4.0        ANS
            cc-by-nd-4.0                        CC-BY-ND-4.0           AD
            cc-by-sa-3.0                        CC-BY-SA-3.0           AS
            cc-by-sa-4.0                        CC-BY-SA-4.0           AS
            cc0-1.0                             CC0-1.0                -
            cdla-permissive-1.0                 CDLA-Permissive-1.0    A
            cdla-permissive-2.0                 CDLA-Permissive-2.0    A
            cdla-sharing-1.0                    CDLA-Sharing-1.0       AS
            creativeml-openrail-m               -                      AU
            deepfloyd-if-license                -                      ANU
            ecl-2.0                             ECL-2.0                A
            epl-1.0                             EPL-1.0                AS
            epl-2.0                             EPL-2.0                AS
            etalab-2.0                          etalab-2.0             A
            eupl-1.1                            EUPL-1.1               AS
            eupl-1.2                            EUPL-1.2               AS
            fair-noncommercial-research-license -                      ANU
            gemma                               -                      AU
            gfdl                                GFDL-1.3-only          AS
            gpl-2.0                             GPL-2.0-only           AS
            gpl-2.0-or-later                    GPL-2.0-or-later       AS
            gpl-3.0                             GPL-3.0-only           AS
            gpl-3.0-or-later                    GPL-3.0-or-later       AS
            grok2-community                     -                      AU
            h-research                          -                      ANU
            intel-research                      -                      ANU
            isc                                 ISC                    A
            lgpl-2.1                            LGPL-2.1-only          AS
            lgpl-2.1-or-later                   LGPL-2.1-or-later      AS
            lgpl-3.0                            LGPL-3.0-only          AS
            lgpl-3.0-or-later                   LGPL-3.0-or-later      AS
            llama2                              -                      AU
            llama3                              -                      AU
            llama3.1                            -                      AU
            llama3.2                            -                      AU
            llama3.3                            -                      AU
            llama4                              -                      AU
            lppl-1.3c                           LPPL-1.3c              A
            mit                                 MIT                    A
            mit-0                               MIT-0                  -
            mpl-2.0                             MPL-2.0                AS
            ms-pl                               MS-PL                  A
            ncsa                                NCSA                   A
            odbl                                ODbL-1.0               AS
            odc-by                              ODC-By-1.0             A
            ofl-1.1                             OFL-1.1                AS
            openmdw-1.0                         -                      A
            openrail                            -                      AU
            openrail++                          -                      AU
            osl-3.0                             OSL-3.0                AS
            pddl                                PDDL-1.0               -
            postgresql                          PostgreSQL             A
            unlicense                           Unlicense              -
            wtfpl                               WTFPL                  -
            zlib                                Zlib                   A
            """;

    /** First lines of licence files, by the identifier of the licence. */
    private static final Map<String, String> TITLES = Map.of(
            "mit license", "mit",
            "the mit license (mit)", "mit",
            "apache license", "apache-2.0",
            "apache license 2.0", "apache-2.0",
            "apache license, version 2.0", "apache-2.0",
            "bsd 2-clause license", "bsd-2-clause",
            "bsd 3-clause license", "bsd-3-clause",
            "mozilla public license version 2.0", "mpl-2.0",
            "isc license", "isc");

    private static final Map<String, Known> BY_NAME = byName();

    /**
     * A licence in the table.
     *
     * @param id its identifier on the Hub, in small letters
     * @param spdx its SPDX identifier; empty if it has none
     */
    public record Known(String id, Optional<String> spdx, Set<Obligation> obligations) {}

    private KnownLicences() {}

    private static Map<String, Known> byName() {
        Map<String, Known> names = new HashMap<>();
        TABLE.lines().map(line -> line.split(" +")).forEach(row -> {
            Optional<String> spdx = Optional.of(row[1]).filter(id -> !id.equals("-"));
            var known = new Known(row[0], spdx, obligations(row[2]));
            names.put(row[0], known);
            spdx.ifPresent(id -> names.put(id.toLowerCase(Locale.ROOT), known));
        });
        return Map.copyOf(names);
    }

    private static Set<Obligation> obligations(String letters) {
        Set<Obligation> found = EnumSet.noneOf(Obligation.class);
        Arrays.stream(Obligation.values())
                .filter(one -> letters.indexOf(one.letter()) >= 0)
                .forEach(found::add);
        return found;
    }

    /** By either identifier, in any case. */
    public static Optional<Known> of(String id) {
        return Optional.ofNullable(BY_NAME.get(id.toLowerCase(Locale.ROOT)));
    }

    /** By identifier, or by the title that its text begins with. */
    public static Optional<Known> named(String text) {
        String name = text.strip().toLowerCase(Locale.ROOT);
        return of(TITLES.getOrDefault(name, name));
    }

    /** The SPDX identifier of a licence in the table, in SPDX's own spelling. */
    public static Optional<String> spdx(String id) {
        return of(id).flatMap(Known::spdx);
    }
}
