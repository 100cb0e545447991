module grype_db

go 1.25.0

require github.com/anchore/grype v0.121.2
