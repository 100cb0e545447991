// Makes a database of Grype from the Debian security tracker's JSON, so that Grype and pith match on the same advisories:
//
//	grype_db FOLDER RELEASE CODENAME < tracker.json
//
// The folder is what Grype calls its cache (GRYPE_DB_CACHE_DIR). What Grype's own builder would make of the tracker is
// made here: a vulnerability for each id, a package for each (source, id), nothing where the release was never affected.
package main

import (
	"encoding/json"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"sort"
	"time"

	"github.com/spf13/afero"

	v6 "github.com/anchore/grype/grype/db/v6"
)

type release struct {
	Status       string  `json:"status"`
	FixedVersion string  `json:"fixed_version"`
	Urgency      string  `json:"urgency"`
	NoDsa        *string `json:"nodsa"`
}

type issue struct {
	Description string             `json:"description"`
	Releases    map[string]release `json:"releases"`
}

type tracker map[string]map[string]issue

func severity(urgency string) string {
	switch urgency {
	case "unimportant":
		return "negligible"
	case "low", "medium", "high":
		return urgency
	}
	return "unknown"
}

func affected(r release) v6.Range {
	fix := &v6.Fix{State: v6.NotFixedStatus}
	version := v6.Version{Type: "dpkg"}
	switch {
	case r.Status == "resolved":
		version.Constraint = "< " + r.FixedVersion
		fix = &v6.Fix{Version: r.FixedVersion, State: v6.FixedStatus}
	case r.NoDsa != nil || r.Urgency == "end-of-life":
		fix.State = v6.WontFixStatus
	}
	return v6.Range{Version: version, Fix: fix}
}

func sorted[V any](m map[string]V) []string {
	var keys []string
	for key := range m {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	return keys
}

func write(facts tracker, folder, version, codename string) error {
	writer, err := v6.NewWriter(v6.Config{DBDirPath: folder})
	if err != nil {
		return err
	}
	now := time.Now()
	provider := &v6.Provider{ID: "debian", Version: "1", Processor: "pith-bench", DateCaptured: &now}
	system := &v6.OperatingSystem{Name: "debian", MajorVersion: version, Codename: codename}
	vulnerabilities := map[string]*v6.VulnerabilityHandle{}
	var packages []*v6.AffectedPackageHandle
	for _, source := range sorted(facts) {
		for _, id := range sorted(facts[source]) {
			r, found := facts[source][id].Releases[codename]
			if !found || r.FixedVersion == "0" || r.Status == "undetermined" {
				continue
			}
			vulnerability := vulnerabilities[id]
			if vulnerability == nil {
				vulnerability = &v6.VulnerabilityHandle{Name: id, Status: v6.VulnerabilityActive, Provider: provider,
					BlobValue: &v6.VulnerabilityBlob{ID: id, Description: facts[source][id].Description,
						Severities: []v6.Severity{{Scheme: v6.SeveritySchemeCHMLN, Value: severity(r.Urgency)}}}}
				vulnerabilities[id] = vulnerability
				if err := writer.AddVulnerabilities(vulnerability); err != nil {
					return err
				}
			}
			packages = append(packages, &v6.AffectedPackageHandle{Vulnerability: vulnerability, OperatingSystem: system,
				Package: &v6.Package{Ecosystem: "deb", Name: source}, BlobValue: &v6.PackageBlob{CVEs: []string{id}, Ranges: []v6.Range{affected(r)}}})
		}
	}
	if err := writer.AddAffectedPackages(packages...); err != nil {
		return err
	}
	if err := writer.SetDBMetadata(); err != nil {
		return err
	}
	if err := writer.Close(); err != nil {
		return err
	}
	fmt.Printf("%d vulnerabilities, %d affected packages\n", len(vulnerabilities), len(packages))
	// The writer leaves the indexes out, which Grype makes when it takes a database in.
	if err := v6.Hydrater()(folder); err != nil {
		return err
	}
	_, err = v6.WriteImportMetadata(afero.NewOsFs(), folder, "pith-bench")
	return err
}

func main() {
	if len(os.Args) != 4 {
		log.Fatal("grype_db FOLDER RELEASE CODENAME < tracker.json")
	}
	var facts tracker
	if err := json.NewDecoder(os.Stdin).Decode(&facts); err != nil {
		log.Fatal(err)
	}
	folder := filepath.Join(os.Args[1], fmt.Sprint(v6.ModelVersion))
	if err := os.MkdirAll(folder, 0o755); err != nil {
		log.Fatal(err)
	}
	if err := write(facts, folder, os.Args[2], os.Args[3]); err != nil {
		log.Fatal(err)
	}
}
