// Document 001: pages over NFS behind direct routing; first one director with ipvsadm alone, then two with keepalived.
import './dr-nfs/exports.ts'
import './dr-nfs/direct-routing.ts'
import './dr-nfs/arp.ts'
import './dr-nfs/failover.ts'
import './dr-nfs/health-checks.ts'
import './dr-nfs/persistence.ts'
import './dr-nfs/nfs-gone.ts'
