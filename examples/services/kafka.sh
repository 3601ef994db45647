#!/bin/sh
# A Kafka broker for one test: one node on loopback, its controller on the port behind the broker's. Its data lies below TMPDIR.
#   kafka.sh PORT [setting=value …]     KAFKA_HOME: folder with libs/ (and broker.jsa), else what `sh infra/setup.sh --kafka` made
set -eu
port=$1; shift
here=$(dirname "$(readlink -f "$0")")
home=${KAFKA_HOME:-$here/../../infra/kafka/build}
[ -d "$home/libs" ] || { echo "kafka.sh: no Kafka in $home. Install it: sh infra/setup.sh --kafka" >&2; exit 1; }
classes=$(ls "$home"/libs/*.jar | LC_ALL=C sort | paste -sd: -)
set -- -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xms64m -Xmx256m -Dlog4j2.configurationFile="$here/../../infra/kafka/log4j2.yaml" -cp "$classes" -- "$@"
[ ! -e "$home/broker.jsa" ] || set -- -XX:SharedArchiveFile="$home/broker.jsa" "$@"
java=
while [ "$1" != -- ]; do java="$java $1"; shift; done
shift

properties=$TMPDIR/server.properties
cat >"$properties" <<END
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:$((port + 1))
listeners=PLAINTEXT://127.0.0.1:$port,CONTROLLER://127.0.0.1:$((port + 1))
advertised.listeners=PLAINTEXT://localhost:$port
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
controller.listener.names=CONTROLLER
log.dirs=$TMPDIR/data
auto.create.topics.enable=true
num.partitions=1
offsets.topic.num.partitions=1
offsets.topic.replication.factor=1
transaction.state.log.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.num.partitions=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
broker.heartbeat.interval.ms=500
broker.session.timeout.ms=1500
num.network.threads=1
num.io.threads=2
background.threads=2
log.cleaner.dedupe.buffer.size=2097152
END
for setting; do echo "$setting" >>"$properties"; done

data=$TMPDIR/data

# Formatting takes a JVM of its own: its result, two small files, is kept, once for each version, and copied.
make_data() {
  clients=$(basename "$home"/libs/kafka-clients-*.jar .jar)
  template=/var/tmp/faultbox-kafka-${clients#kafka-clients-}-$(id -u)
  if [ ! -O "$template" ]; then
    fresh=$(mktemp -d /var/tmp/faultbox-kafka.XXXXXX)
    sed "s|^log.dirs=.*|log.dirs=$fresh|" "$properties" >"$TMPDIR/format.properties"
    java $java kafka.tools.StorageTool format -t faultboxAAAAAAAAAAAAAA -c "$TMPDIR/format.properties" >/dev/null
    # Whoever comes first leaves the one that stays.
    if [ -e "$template" ] || ! mv -T "$fresh" "$template" 2>/dev/null; then rm -rf "$fresh"; fi
  fi
  cp -a "$template/." "$data"
}

# A folder that a broker has had before is taken as it is.
[ -d "$data" ] || make_data
exec java $java kafka.Kafka "$properties"
