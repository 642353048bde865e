package io.expressgateway;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The house that {@code docs/arch} draws: who may see whom, and why. */
class ArchitectureTest {

  private static final JavaClasses CODE =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("io.expressgateway");

  private static final String[] CORE = {
    "io.expressgateway.net..",
    "io.expressgateway.message..",
    "io.expressgateway.route..",
    "io.expressgateway.cluster..",
    "io.expressgateway.balance..",
    "io.expressgateway.health..",
    "io.expressgateway.limit..",
    "io.expressgateway.snapshot.."
  };

  @Test
  void packagesFormNoCycle() {
    slices()
        .matching("io.expressgateway.(*)..")
        .should()
        .beFreeOfCycles()
        .because("a reader must be able to learn one package after the other")
        .check(CODE);
  }

  @Test
  void theCoreKnowsTheJdkOnly() {
    String[] allowed = java.util.Arrays.copyOf(CORE, CORE.length + 2);
    allowed[CORE.length] = "java..";
    allowed[CORE.length + 1] = "org.jspecify.annotations..";
    classes()
        .that()
        .resideInAnyPackage(CORE)
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(allowed)
        .because("policy is tested without sockets and outlives every library around it")
        .check(CODE);
  }

  @Test
  void filtersSeeHeadersAndBuffersOnly() {
    noClasses()
        .that()
        .resideInAPackage("io.expressgateway.filter..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.netty.channel..",
            "io.netty.handler..",
            "io.netty.bootstrap..",
            "reactor..",
            "org.springframework..",
            "io.micrometer..",
            "io.expressgateway.http..")
        .because("a filter that touches a channel could break the order of the exchange")
        .check(CODE);
  }

  @Test
  void theDataPlaneKnowsNeitherSpringNorMicrometer() {
    noClasses()
        .that()
        .resideInAnyPackage(
            "io.expressgateway.http..",
            "io.expressgateway.loop..",
            "io.expressgateway.plane..",
            "io.expressgateway.stream..",
            "io.expressgateway.xdp..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "org.springframework..",
            "io.micrometer..",
            "io.prometheus..",
            "io.opentelemetry..",
            "io.expressgateway.config..",
            "io.expressgateway.metrics..",
            "io.expressgateway.admin..")
        .because("nothing of management is on the way of a request")
        .check(CODE);
  }

  @Test
  void loopsAndRelaysKnowNoHttp() {
    noClasses()
        .that()
        .resideInAnyPackage("io.expressgateway.loop..", "io.expressgateway.stream..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.expressgateway.http..", "io.expressgateway.filter..")
        .because("bytes are relayed whatever they mean, and a loop serves every protocol")
        .check(CODE);
  }

  @Test
  void theContractOfTheDataPlaneShowsNoSockets() {
    noClasses()
        .that()
        .resideInAPackage("io.expressgateway.plane..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.netty..", "reactor..")
        .because("management and metrics look at the data plane and hold none of its channels")
        .check(CODE);
  }

  @Test
  void thePacketPathKnowsTheCoreOnly() {
    classes()
        .that()
        .resideInAPackage("io.expressgateway.xdp..")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "java..",
            "org.jspecify.annotations..",
            "io.expressgateway.xdp..",
            "io.expressgateway.net..",
            "io.expressgateway.cluster..",
            "io.expressgateway.balance..",
            "io.expressgateway.snapshot..")
        .because("the kernel forwards without our event loops, and so does what tells it how")
        .check(CODE);
  }

  @Test
  void onlyTheKernelsPackageHasNativeMethods() {
    com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods()
        .that()
        .areDeclaredInClassesThat()
        .resideOutsideOfPackage("io.expressgateway.xdp.kernel..")
        .should()
        .haveModifier(com.tngtech.archunit.core.domain.JavaModifier.NATIVE)
        .because("what can crash the process stands in one place")
        .check(CODE);
  }

  @Test
  void metricsKnowNoSpringConfiguration() {
    noClasses()
        .that()
        .resideInAPackage("io.expressgateway.metrics..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.springframework..", "io.expressgateway.config..")
        .allowEmptyShould(true)
        .because("metrics implement what the data plane declares, with Micrometer alone")
        .check(CODE);
  }

  @Test
  void onlyMetricsAndTheApplicationSeeMicrometer() {
    noClasses()
        .that()
        .resideOutsideOfPackages(
            "io.expressgateway.metrics..", "io.expressgateway.app..", "io.expressgateway.admin..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.micrometer..", "io.prometheus..")
        .because("a metrics interface stands at the point of use, Micrometer behind it")
        .check(CODE);
  }

  @Test
  void nothingSeesTheApplication() {
    noClasses()
        .that()
        .resideOutsideOfPackage("io.expressgateway.app..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.expressgateway.app..")
        .allowEmptyShould(true)
        .because("the application wires everything, so whatever saw it would see everything")
        .check(CODE);
  }
}
