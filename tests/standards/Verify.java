// What veraPDF says of PDF files: `java Verify PROFILE,PROFILE FILE...`, profiles as veraPDF names them ("ua1", "2a").
// One line per file and profile: PASS or FAIL, profile, file, number of checks; then a line per broken rule.
// Exit status 1 when anything fails. Nothing is fetched: model and profiles are inside the jar.

import java.io.FileInputStream;
import java.io.InputStream;
import java.util.Map;
import java.util.TreeMap;
import java.util.logging.LogManager;

import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.PDFAValidator;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.results.ValidationResult;
import org.verapdf.pdfa.validation.profiles.Profiles;
import org.verapdf.pdfa.validation.profiles.ValidationProfile;

public final class Verify {

    public static void main(String[] arguments) throws Exception {
        LogManager.getLogManager().reset();
        VeraGreenfieldFoundryProvider.initialise();
        boolean allPass = true;
        for (int i = 1; i < arguments.length; i++) {
            for (String name : arguments[0].split(",")) {
                allPass &= verify(arguments[i], name);
            }
        }
        System.exit(allPass ? 0 : 1);
    }

    private static boolean verify(String file, String name) throws Exception {
        PDFAFlavour flavour = PDFAFlavour.fromString(name);
        try (InputStream data = new FileInputStream(file);
                PDFAParser parser = Foundries.defaultInstance().createParser(data, flavour)) {
            PDFAValidator validator = Foundries.defaultInstance().createValidator(profile(name), false);
            ValidationResult result = validator.validate(parser);
            System.out.printf("%s %s %s %d checks%n",
                    result.isCompliant() ? "PASS" : "FAIL", name, file, result.getTotalAssertions());
            for (Map.Entry<String, String> rule : broken(result).entrySet()) {
                System.out.printf("    %s  %s%n", rule.getKey(), rule.getValue());
            }
            return result.isCompliant();
        }
    }

    private static ValidationProfile profile(String name) throws Exception {
        String file = name.startsWith("ua") ? "PDFUA-" + name.substring(2) : "PDFA-" + name.toUpperCase();
        String path = "/org/verapdf/pdfa/validation/" + file + ".xml";
        try (InputStream data = Verify.class.getResourceAsStream(path)) {
            return Profiles.profileFromXml(data);
        }
    }

    private static Map<String, String> broken(ValidationResult result) {
        Map<String, String> rules = new TreeMap<>();
        for (TestAssertion assertion : result.getTestAssertions()) {
            if (assertion.getStatus() == TestAssertion.Status.FAILED) {
                String rule = assertion.getRuleId().getClause() + "-" + assertion.getRuleId().getTestNumber();
                rules.putIfAbsent(rule, assertion.getMessage());
            }
        }
        return rules;
    }
}
