// A look's image straight from the town's media server (WebRTC); what is said to agree on it goes through our own door.
const CONNECTED_MS = 2500; // no way to the media server by then: the image comes the other way
const SHOWN_MS = 6000; // a way, and no whole image yet: cameras send one each second, some each four
const GATHER_MS = 600;
const LOOK_MS = 50;

export class Straight {
  #peer = new RTCPeerConnection(); // no server of anybody else's: the media server stands in the town's network
  #began = false;

  constructor(video, address, token) {
    this.video = video;
    this.address = address;
    this.token = token;
  }

  // Resolves with the first image; throws where none comes.
  async open() {
    const since = performance.now();
    const peer = this.#peer;
    peer.addTransceiver("video", { direction: "recvonly" });
    peer.addEventListener("track", ({ track }) => {
      this.video.srcObject = new MediaStream([track]);
      this.video.play().catch(() => {}); // let go before it began
    });
    await peer.setLocalDescription();
    await gathered(peer);
    const answer = await this.#asked(peer.localDescription.sdp);
    await peer.setRemoteDescription({ type: "answer", sdp: answer });
    for (;;) {
      if (this.frames) return;
      const waited = performance.now() - since;
      if (this.lost || waited > SHOWN_MS || (waited > CONNECTED_MS && peer.connectionState !== "connected")) {
        throw new Error("no image");
      }
      await new Promise((done) => setTimeout(done, LOOK_MS));
    }
  }

  // How many images were shown: a video's clock goes on without any.
  get frames() {
    return this.video.videoWidth ? this.video.getVideoPlaybackQuality().totalVideoFrames : 0;
  }

  get lost() {
    return ["failed", "closed"].includes(this.#peer.connectionState);
  }

  // `tell`: the look goes on another way, so the media server is to send no more.
  close({ tell = false } = {}) {
    this.#peer.close();
    this.video.srcObject = null;
    if (tell && this.#began) {
      fetch(this.address, { method: "DELETE", keepalive: true, headers: { "X-CSRFToken": this.token } }).catch(() => {});
    }
  }

  async #asked(offer) {
    const headers = { "Content-Type": "application/sdp", "X-CSRFToken": this.token };
    const response = await fetch(this.address, { method: "POST", body: offer, headers });
    if (response.status !== 201) throw new Error("no session");
    this.#began = true;
    return response.text();
  }
}

// All ways that this machine can be reached are in the offer; or as many as are known soon.
function gathered(peer) {
  return new Promise((done) => {
    if (peer.iceGatheringState === "complete") done();
    peer.addEventListener("icegatheringstatechange", () => peer.iceGatheringState === "complete" && done());
    setTimeout(done, GATHER_MS);
  });
}
