import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Kafka's own consumer on partition 0 of a topic: CountMessages PORT TOPIC COUNT. Prints the messages a second from the first to the last. */
class CountMessages {
  public static void main(String[] args) {
    long wanted = Long.parseLong(args[2]);
    var settings = Map.<String, Object>of("bootstrap.servers", "127.0.0.1:" + args[0], "auto.offset.reset", "earliest");
    try (var consumer = new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      consumer.assign(List.of(new TopicPartition(args[1], 0)));
      long count = 0;
      long began = 0;
      while (count < wanted) {
        var records = consumer.poll(Duration.ofSeconds(1));
        if (began == 0 && !records.isEmpty()) began = System.nanoTime();
        count += records.count();
      }
      System.out.println(count * 1e9 / (System.nanoTime() - began));
    }
  }
}
