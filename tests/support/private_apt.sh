# Sourced with $suite, $architecture and $folder set: an APT of its own below FOLDER, with the host's sources and
# settings for another suite or architecture. Nothing of the host's APT state is touched.
host=$(. /etc/os-release && echo "$VERSION_CODENAME")
mkdir -p "$folder/src" "$folder/lists/partial" "$folder/cache/archives/partial"
: >"$folder/status"
for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources; do
    [ -f "$file" ] || continue
    sed "s/\b$host\b/$suite/g" "$file" >"$folder/src/${file##*/}"
done
cat >"$folder/apt.conf" <<END
Dir::Etc::sourcelist "/dev/null"; Dir::Etc::sourceparts "$folder/src";
Dir::Etc::preferences "/dev/null"; Dir::Etc::preferencesparts "/dev/null";
Dir::State "$folder"; Dir::State::lists "$folder/lists"; Dir::State::status "$folder/status";
Dir::Cache "$folder/cache"; Dir::Cache::archives "archives";
APT::Architecture "$architecture"; APT::Architectures { "$architecture"; };
APT::Install-Recommends "false"; APT::Sandbox::User "root"; APT::Keep-Downloaded-Packages "true";
Acquire::Languages "none"; Debug::NoLocking "true";
END
export APT_CONFIG="$folder/apt.conf"
apt-get -q update
