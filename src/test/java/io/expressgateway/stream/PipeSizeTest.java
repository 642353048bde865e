package io.expressgateway.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.http.fault.Await;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class PipeSizeTest {

  @Test
  void makesAPipeLargerOnceTheCallIsLinked() throws Exception {
    assertThat(Epoll.isAvailable()).isTrue();
    PipeSize.prepare();
    Await.until("it is linked", PipeSize::isReady);
    FileDescriptor[] ends = FileDescriptor.pipe();
    try {
      assertThat(PipeSize.grow(ends[1].intValue())).isEqualTo(256 * 1024);
    } finally {
      ends[0].close();
      ends[1].close();
    }
  }

  @Test
  void whatIsNoPipeKeepsItsSize() throws IOException {
    assertThat(PipeSize.grow(-1)).isEqualTo(PipeSize.DEFAULT);
  }
}
